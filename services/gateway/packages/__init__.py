"""归档包: packages of applications and of cycles, put together from what all services have of them."""
