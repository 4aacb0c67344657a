"""Incidents: the playbook, the clock, the register, the papers and the evidence of one breach."""
