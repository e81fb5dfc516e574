"""Home folder, database supervisor, clock, jobs and the process tree."""
