"""The five services of an award, and the gateway in front of them."""
