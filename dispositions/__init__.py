"""Steps 3 and 4: the disposition of the Kepala Dinas and the assignment by the Kepala Bidang."""
