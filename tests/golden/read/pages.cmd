qiao read $PAGES
