"""What a person has typed into a form and not sent yet; knows no business."""
