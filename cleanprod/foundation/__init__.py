"""What every stage stands on: it knows people, places and papers, but no business."""
