"""异议: raised during a notice, accepted or not, looked into, the applicant heard, ruled on, appealed. One module a step."""
