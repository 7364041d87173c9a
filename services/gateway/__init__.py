"""The gateway: the HTTP API and identity. It alone speaks HTTP to the outside, and it alone imports pika."""
