"""通知 notifications: tells people what they have to know and do, in the portal, by mail and by telephone."""
