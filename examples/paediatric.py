"""A dose by weight: what 15 mg/kg comes to, what a syringe can be set to, and what that gives."""

from liquidose import convert, write_quantity

conversion = convert("15 mg/kg (max 300 mg)", "160 mg/5 mL", weight="18 kg")
measured = conversion.measured
if measured is None or measured.dose_given is None:
    raise SystemExit("No stocked syringe measures this dose.")
print(f"exact {write_quantity(conversion.volume)} for {write_quantity(conversion.dose_amount)}")
print(f"measured {measured.ml} mL on {measured.syringe.id} gives {write_quantity(measured.dose_given)}")
for warning in conversion.warnings:
    print(warning.code, warning.text)
