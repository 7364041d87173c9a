"""Pages that anybody may read: calls, notices, awards, certificates, rules; made from what the services tell the public."""
