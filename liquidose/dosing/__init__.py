"""What is ordered: strengths, doses and exact volumes."""
