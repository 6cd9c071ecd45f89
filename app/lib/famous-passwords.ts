/** Long passwords that everybody knows, though no list of leaks has them: from comics, books, songs, films, typing courses. */
export const FAMOUS_PASSWORDS = `
a bird in the hand is worth two in the bush
a long time ago in a galaxy far far away
a penny saved is a penny earned
a picture is worth a thousand words
actions speak louder than words
alice in wonderland
all animals are equal
all for one and one for all
all good things must come to an end
all happy families are alike
all that glitters is not gold
all we are is dust in the wind
all work and no play makes jack a dull boy
all you need is love
all your base are belong to us
an apple a day keeps the doctor away
another brick in the wall
ask and you shall receive
beam me up scotty
beauty is in the eye of the beholder
better late than never
billie jean is not my lover
bohemian rhapsody
born to be wild
call me ishmael
carpe diem carpe diem
change me please
changeme changeme
cogito ergo sum
correct horse battery
correct horse battery staple
correct battery horse staple
correct horse staple battery
dont count your chickens before they hatch
dont stop believing
dont worry be happy
elementary my dear watson
every cloud has a silver lining
fear is the mind killer
fly me to the moon
for whom the bell tolls
fourscore and seven years ago
frankly my dear i dont give a damn
game of thrones
give me liberty or give me death
god save the king
god save the queen
good morning vietnam
hakuna matata hakuna matata
happy birthday to you
harry potter and the philosophers stone
hasta la vista baby
hello darkness my old friend
heres looking at you kid
hickory dickory dock
houston we have a problem
humpty dumpty sat on a wall
i am the walrus
i am your father
i have a dream
i love you so much
i love you forever
i love my family
i solemnly swear that i am up to no good
i think therefore i am
i want to believe
i will always love you
ill be back soon
ill make him an offer he cant refuse
in the beginning god created the heaven and the earth
in the beginning was the word
it was a bright cold day in april
it was a dark and stormy night
it was the best of times it was the worst of times
ive got a bad feeling about this
jack and jill went up the hill
jesus loves you
just do it just do it
keep calm and carry on
killing me softly
knock knock whos there
knowledge is power
let it be let it be
let me in please
let there be light
life is like a box of chocolates
like a rolling stone
live long and prosper
lord of the rings
lorem ipsum dolor sit amet
love conquers all
make america great again
make love not war
mary had a little lamb
may the force be with you
mischief managed
my password is password
my precious my precious
my very secure password
never gonna give you up
never gonna let you down
now i know my abc
now is the time for all good men
old macdonald had a farm
once upon a time
one does not simply walk into mordor
one ring to rule them all
open sesame open sesame
our father who art in heaven
over the rainbow
password must be changed
please let me in
practice makes perfect
row row row your boat
romeo and juliet
rome was not built in a day
seven nation army
shaken not stirred
smells like teen spirit
somewhere over the rainbow
speak friend and enter
stairway to heaven
stay hungry stay foolish
stuck in the middle with you
super secret password
supercalifragilisticexpialidocious
sweet child o mine
sweet dreams are made of this
take me to your leader
thank you very much
the answer is fortytwo
the answer to life the universe and everything
the cake is a lie
the early bird catches the worm
the end is near
the fellowship of the ring
the force will be with you always
the lion the witch and the wardrobe
the lord is my shepherd
the lord of the rings
the matrix has you
the pen is mightier than the sword
the quick brown fox
the quick brown fox jumps over the lazy dog
the quick brown fox jumped over the lazy dog
the rain in spain stays mainly in the plain
the sky is the limit
the truth is out there
there is no place like home
there is no spoon
theres no place like home
this is my password
this is not a password
this is a secure password
this is the way
time flies like an arrow
to be or not to be
to be or not to be that is the question
to infinity and beyond
trust no one trust no one
twinkle twinkle little star
veni vidi vici
we are the champions
we the people of the united states
we will rock you
welcome to the jungle
what a wonderful world
what is my password
what is the matrix
when in rome do as the romans do
where no man has gone before
who let the dogs out
why so serious
winter is coming
with great power comes great responsibility
yesterday all my troubles seemed so far away
you can do it
you shall not pass
you only live once
you talking to me
aller anfang ist schwer
freude schoner gotterfunken
guten morgen sonnenschein
ich liebe dich
ich liebe dich fur immer
mein passwort ist geheim
sesam offne dich
ubung macht den meister
je ne regrette rien
je taime mon amour
liberte egalite fraternite
la vie en rose
mot de passe
te amo mi amor
te quiero mucho
hasta la victoria siempre
mi contrasena es
dolce far niente
ti amo da morire
eu te amo muito
minha senha secreta
`
