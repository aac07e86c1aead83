qiao read $PAGES/c03_donation.html --json
