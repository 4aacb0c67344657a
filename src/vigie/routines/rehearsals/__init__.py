"""Rehearsals: the incidents, played for real and safely."""
