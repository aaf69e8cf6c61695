// The webhooks that the benchmark compares with, as one program: with -lean one built by hand for speed, otherwise what
// kubebuilder's users write. Both find the same images and add the same init container.
package main

import (
	"flag"
	"log"
)

func main() {
	port := flag.Int("port", 0, "the port to listen on, on loopback")
	certificates := flag.String("cert-dir", "", "the folder of tls.crt and tls.key")
	lean := flag.Bool("lean", false, "the one that was built by hand")
	flag.Parse()
	serve := serveUsual
	if *lean {
		serve = serveLean
	}
	log.Fatal(serve(*port, *certificates))
}
