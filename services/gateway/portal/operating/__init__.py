"""Pages of those who keep the system: accounts, programs of agencies, audit logs, the state of the services."""
