qiao read $PAGES/u01_signing.html $PAGES/n10_notice.html nosuch.html --lang en; qiao read $PAGES/u01_signing.html $PAGES/n10_notice.html --lang en
