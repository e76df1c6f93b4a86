"""domain: the languages of books, as BCP 47 codes."""

from __future__ import annotations

#: MARC 21 (three letters, bibliographic) → BCP 47, for languages that have two letters.
#: Source: https://www.loc.gov/marc/languages/ and ISO 639-1.
_MARC_WORDS = """
afr=af alb=sq amh=am ara=ar arm=hy asm=as aze=az bak=ba baq=eu bel=be ben=bn bos=bs bre=br bul=bg bur=my cat=ca chi=zh
cos=co cym=cy wel=cy cze=cs dan=da dut=nl eng=en epo=eo est=et fao=fo fin=fi fre=fr fry=fy gae=gd gla=gd geo=ka ger=de
gle=ga iri=ga glg=gl gre=el grn=gn guj=gu hat=ht hau=ha heb=he hin=hi hrv=hr scr=hr hun=hu ibo=ig ice=is ind=id ita=it
jav=jv jpn=ja kan=kn kas=ks kaz=kk khm=km kin=rw kir=ky kor=ko kur=ku lao=lo lat=la lav=lv lin=ln lit=lt ltz=lb mac=mk
mal=ml mao=mi mar=mr may=ms mlg=mg mla=mg mlt=mt mon=mn nep=ne nor=no nob=nb nno=nn oci=oc ori=or oss=os pan=pa per=fa
pol=pl por=pt pus=ps que=qu roh=rm rum=ro rus=ru san=sa sin=si slo=sk slv=sl sna=sn snd=sd som=so spa=es srp=sr scc=sr
sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tib=bo tir=ti ton=to tuk=tk tur=tr uig=ug ukr=uk
urd=ur uzb=uz vie=vi wol=wo xho=xh yid=yi yor=yo zul=zu
"""
_MARC = dict(pair.split("=") for pair in _MARC_WORDS.split())
_NO_LANGUAGE = {"und", "mul", "zxx", "mis"}


def language_of_marc(code: str) -> str:
    """Return the BCP 47 code of a MARC language code: chi → zh; one without two letters stays (grc); none is ""."""
    return "" if code in _NO_LANGUAGE else _MARC.get(code, code)
