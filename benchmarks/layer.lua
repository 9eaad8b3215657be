-- The same description with each request.
request = function()
  return wrk.format("GET", "/advise?layer=dense&activation=relu&framework=pytorch&depth=20&shape=512,300")
end
