"""A JPEG XL whose profile is no standard one: Pillow's plugin writes none.

Made by `cjxl -d 1` (libjxl 0.7) of the scene of tests/browser/test_colours.py as a PNG with a Display P3 profile.
"""

import base64

JXL_OF_P3 = base64.b85decode(
    b"{|eVYLM9gi01}7-0PqQ2<q`k@6)K~Q8@!zB`SL@D#k7s<3~jY-VM!tZGH>Mq@SfmdFeph13JPRNx_B{OjEq4SFUC8XhR{%1l2K9dVvJ-IM>+"
    b"~aj%Gz3d(s`N7#zoZ{Sg50{%d~>o6yHR#hCv9%6>uNQbs{U1CK?Ck0t)vO*G(09Ewm8dkZiS5TgV`q=RNi`OyC+OBbFficRdX-e`^mDL~&b<"
    b"Fq4H{(ec~HeC8(nfT5*b}ea<i6zg0N+)SIPr6^%_Nv6_Yw%%ip#xN)o4;L6-qhufC<&{dTc0yTlPn9K8-07ImxnAG2FUOO4MIRBw1H~mJvc@"
    b"o=d#%~ek<zeL>7V#Z!!Newi9TtoipLR-yS3FrdS~SNO5V1sT-k+#n9po@aH!<u+RkOgXIIgzB=(Qxr(}usSxn6xkzzgwHliR>C1BO8Y5Kk01"
    b"(lGyLlKG;0AzIFyKqXh1L^!FYJ@nH)>%PE2LoMN_WT1nVI?j%%AxfC&u_+D=3CSSiq|oT+$a8X1uag4>ggPUis(Z0;OQ20RRpRknmEy7YxVH"
    b"ePOY0iQ~YxMo|`WaK;Dn+baweo3TH0OmOfZ^m+rSKu}fP()r_#Fzma!r_A*UGTj|^V(>K|#ZXr40#8)gjtGc<EZ>#PmID8#BBQ^Bu&qe3?-E"
    b")JbX^>u?8{*w&c%~O@|+MseVj90l96-axu}7hkb#G=hQ;{=@{itcv3^r~I2GVF#bUq6^HEtixd@+Dn6etx*hmKr0=8hrVvIOZ{&PS+^L}XM$"
    b"iA%n=kibhMvfbuN-`JmQfgQ(-VGFlqpfG)+F2%ut<Q&ZFj|<|sk|kSNvkp"
)
