#!/bin/sh
# The region folder as Ansible's inventory: REGIOWACHT_REGION says where it is, REGIOWACHT which command reads it.
exec "${REGIOWACHT:-regiowacht}" inventory ansible --region "${REGIOWACHT_REGION:?say where the region folder is}" "$@"
