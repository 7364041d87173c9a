"""组建评审组: drawing, inspecting and releasing panels, who serves on them, and who may see what of them."""
