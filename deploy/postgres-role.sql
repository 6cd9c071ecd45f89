-- PostgreSQL's image runs this once, as its superuser, while its volume is still empty.
\getenv password POSTGRES_LATCHKEY_PASSWORD
create role latchkey login nosuperuser nocreatedb nocreaterole noreplication password :'password';
create database latchkey owner latchkey;
revoke all on database latchkey from public;
-- Without a password, the superuser can only come in through the container's own socket.
alter role postgres password null;
