"""Measurements that anyone can repeat; every published figure names its command here."""
