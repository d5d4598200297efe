"""The seed through the Python API: 5 mg of a liquid of 5 mg in 5 mL."""

from liquidose import convert, write_quantity

conversion = convert("5 mg", "5 mg/5 mL")
print(write_quantity(conversion.volume))
for line in conversion.working:
    print(line)
