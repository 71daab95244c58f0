from tests.system.site import Site
import time
def brief(r): return {k:{a:b for a,b in v.items() if b} for k,v in r.items() if any(v.values())}
def test_x(site: Site):
    n = site.order()
    t=time.time(); r = site.sync(); print(time.time()-t, brief(r))
    for i in range(3):
        site.clock.advance(5)
        t=time.time(); m=site.marks(); r = site.sync(); print(time.time()-t, brief(r))
        print(site.written(m))
