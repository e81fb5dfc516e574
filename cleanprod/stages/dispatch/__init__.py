"""Dispatch 进度调度: who is late is asked why, by when, and who has answered."""
