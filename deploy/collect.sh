#!/bin/sh
# collect.sh FOLDER: lays out the files of the final image, from the root of a built project that has only its production
# dependencies. The Dockerfile runs it.
set -eu
image=$1

mkdir -p "$image/app/db" "$image/bin" "$image/etc" "$image/tmp"
cp -R dist public node_modules package.json LICENSE "$image/app/"
cp -R db/migrations "$image/app/db/"
node=$(command -v node)
cp "$node" "$image/bin/node"

# Every library that node and the native parts of its packages link to, at the path where it was found. Packages built for
# another libc name libraries that aren't here, and are never loaded.
find node_modules -name '*.node' -exec ldd "$node" {} + 2>/dev/null |
  sed -n -e 's/.* => \(\/[^ ]*\) .*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*ld-[^ ]*\) .*/\1/p' |
  sort -u |
  while read -r library; do
    mkdir -p "$image$(dirname "$library")"
    cp -L "$library" "$image$library"
  done

# Look up host names in the file first, then in DNS.
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
echo 'latchkey:x:10001:10001::/data:/nonexistent' >"$image/etc/passwd"
echo 'latchkey:x:10001:' >"$image/etc/group"
chmod 1777 "$image/tmp"
mkdir -m 0700 "$image/data"
chown 10001:10001 "$image/data"
