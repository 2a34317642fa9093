#!/bin/sh
# Turns the namespaces it starts in into a host: a root file system of its own over a shared one, then the host's first process.
# usage: host_init.sh NAME LOWERDIR MOUNTPOINT [SOURCE TARGET]...     (SOURCE is bound read-only at TARGET)
set -eu
name=$1 lower=$2 top=$3
shift 3

for folder in $(printf %s "$lower" | tr : ' '); do
    [ -d "$folder" ] || { echo "there is no root file system at $folder"; exit 1; }
done
hostname "$name"
ip link set lo up
mount -t tmpfs -o size=512m,mode=755 tmpfs "$top"
cd "$top"
mkdir upper work root
mount -t overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" overlay root
cd root
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir -p dev/pts dev/shm run/lock
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for node in null zero full random urandom tty; do
    : >"dev/$node"
    mount --bind "/dev/$node" "dev/$node"
done
while [ $# -gt 1 ]; do
    mkdir -p ".$2"
    mount --bind "$1" ".$2"
    mount -o remount,bind,ro ".$2"
    shift 2
done
printf '127.0.0.1 localhost %s\n' "$name" >etc/hosts
printf '%s\n' "$name" >etc/hostname
# The new root over the old one, then the old one away: nothing of the machine is left to see.
pivot_root . .
umount -l .
cd /
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ping_group_range='0 2147483647'
echo ready
exec >/dev/null 2>&1 </dev/null
# As process 1 it also buries orphans, which a bare sleep would leave as zombies.
sleep infinity &
while :; do wait; done
