"""Pages of the portal through the real application, without a browser."""
