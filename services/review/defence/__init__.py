"""集中答辩: the timetable of a defence, its speakers, its attendance, and a file for one's calendar."""
