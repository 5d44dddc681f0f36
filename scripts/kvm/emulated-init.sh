#!/bin/busybox sh
# The first process of the emulated host: a root of its own with the programs of the host it runs on, read-only, and nothing
# else of it but the folders named in /settings; then the command, and off.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done < /modules/order
. /settings
P9='trans=virtio,version=9p2000.L,msize=262144'
mount -t 9p -o "$P9,cache=loose,ro" host /low
mount -t tmpfs tmpfs /root
for name in bin sbin lib lib32 lib64 libx32 usr etc; do
  if [ -L "/low/$name" ]; then
    ln -s "$(readlink "/low/$name")" "/root/$name"
  elif [ -d "/low/$name" ]; then
    mkdir "/root/$name"
    mount --bind "/low/$name" "/root/$name"
  fi
done
for folder in $FOLDERS; do
  mkdir -p "/root$folder"
  mount --bind "/low$folder" "/root$folder"
done
mkdir -p "/root$CACHE" /upper
mount -t tmpfs tmpfs /upper
mkdir /upper/data /upper/work
mount -t overlay -o "lowerdir=/low$CACHE,upperdir=/upper/data,workdir=/upper/work,redirect_dir=on" overlay "/root$CACHE"
cd /root || exit 1
mkdir -p proc sys dev tmp run out root var/tmp
for name in proc sys dev; do mount --move "/$name" "$name"; done
mkdir -p dev/pts dev/shm
mount -t devpts pts dev/pts
mount -t tmpfs shm dev/shm
mount -t 9p -o "$P9" out out
ifconfig lo up
date -s "@$NOW" > /dev/null
chroot . /usr/bin/env -i HOME=/root USER=root TERM=dumb "PATH=$COMMAND_PATH" "XDG_CACHE_HOME=${CACHE%/*}" /bin/bash -c "$COMMAND" < /dev/null
echo $? > out/status
sync
echo o > proc/sysrq-trigger
sleep 60
