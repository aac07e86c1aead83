qiao --version
