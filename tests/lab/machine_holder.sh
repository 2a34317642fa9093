#!/bin/sh
# Holds the disk of one server over its boots, in namespaces that go with this process.
# usage: machine_holder.sh LOWERDIR PLACE NETWORK CGROUP COMMAND...
#   LOWERDIR  root file system, never written to      PLACE   empty folder, the disk is mounted at PLACE/root
#   NETWORK   file of a network namespace, or empty   CGROUP  name of the group to boot in, at the top of cgroup2
# Says "ready" or one line of what is wrong; then each line read runs COMMAND, told by "booting" when it has begun. It
# runs again as long as it ends with 133, which is how systemd-nspawn --keep-unit tells that the server reboots.
# What COMMAND says goes where errors go. It ends when its input ends.
lower=$1 place=$2 network=$3 cgroup=$4
shift 4

attempt() {
    said=$("$@" 2>&1) && return
    printf '%s\n' "$said" | head -n 1
    exit 1
}

attempt mount -t tmpfs -o size=2g,mode=755 tmpfs "$place"
cd "$place" || exit 1
mkdir upper work root
attempt mount -t overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" overlay root
if [ -n "$network" ]; then
    : >network
    attempt mount --bind "$network" network
fi
# Locks and folders that systemd-nspawn keeps by a machine's name stay in here.
mkdir -p /run/systemd
attempt mount -t tmpfs -o mode=755 tmpfs /run/systemd
# A server of today has cgroup2 alone, also where this machine keeps version 1 beside it.
[ -e /sys/fs/cgroup/cgroup.controllers ] || attempt mount -t cgroup2 cgroup2 /sys/fs/cgroup
attempt mount -t proc -o nosuid,nodev,noexec proc /proc
echo ready

group=/sys/fs/cgroup/$cgroup

boot() {
    (
        exec </dev/null
        echo 0 >"$group/cgroup.procs" && exec "$@"
    )
}

run() {
    boot "$@"
    while [ $? -eq 133 ]; do
        # A group that had others in it takes no process of its own again.
        find "$group" -depth -type d -exec rmdir {} \; && mkdir "$group" && boot "$@"
    done
}

while read -r _; do
    run "$@" >&2 &
    echo booting
done
