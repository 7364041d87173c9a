"""What the broker must know before anything connects: users, permissions, the virtual host."""
