"""Sources in, checked shares out: the Technical Cooperation Warehouse."""
