"""受理 intake: cycles' opening and closing, applications, materials, the cultivation pool, department records."""
