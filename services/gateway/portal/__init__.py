"""The portal: pages for every role, in front of the same operations as the API."""
