"""Messages to people: inbox and outbox; knows no business."""
