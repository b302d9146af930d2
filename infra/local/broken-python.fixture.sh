#!/bin/sh
# Stands in for a Python whose services cannot start.
echo "the disk is full"
exit 3
