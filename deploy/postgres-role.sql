-- Run once by the image of PostgreSQL, as its superuser, while its volume is still empty.
\getenv password POSTGRES_LATCHKEY_PASSWORD
create role latchkey login nosuperuser nocreatedb nocreaterole noreplication password :'password';
create database latchkey owner latchkey;
revoke all on database latchkey from public;
-- Without a password the superuser comes in through the container's own socket alone.
alter role postgres password null;
