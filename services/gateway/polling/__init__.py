"""投票页: how the public votes on a page: a voter's visit, and the way of a ballot to a ballot box (docs/voting.md)."""
