"""One 10 mg tablet and the same dose of an oral solution: how many mL, once somebody has said mg for mg."""

from liquidose import convert, write_quantity

tablet = "10 mg"
print(tablet, "needs", write_quantity(convert(tablet, "5 mg/5 mL").volume))
