"""What a newcomer finds in a stack of `./zhiheng demo --keep`: real cycles at different stages, driven by the documented API.

`people.yaml` and `cycles.yaml` say who is there and what happened; `cast` reads them, `world` plays them, `accounts` shows who
may sign in. Everybody is invented, and every name says so (示例).
"""
