import fc from 'fast-check';

// A property that fails must fail again for whoever looks at it. Other seeds are tried by changing this one.
fc.configureGlobal({ seed: 1042 });
