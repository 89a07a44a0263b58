"""The demo district: Kỳ Anh as it might have stood on 15/10/2023.

Real are the names, official codes and positions of the units, the population of the 2009 census, the goals spoken of
in April 2022 and the old recognitions whose decision is known. Everything else (people, figures, thresholds that the
library lacks, recognitions under the new sets) is invented, the same every time, and says so: the installation is
marked as a demo, thresholds and recognitions carry "số liệu minh họa".
"""
