"""The relief sheet (« feuille de secours »): agenda and telephones, sealed here each evening."""
