package main

import "strings"

const (
	name       = "max-map-count"
	image      = "docker.io/library/busybox:1.37.0@sha256:9db7b59979c38555a39def84a31fb98b5296952f9e3afd4f6f11f05b07adfab0"
	script     = "sysctl -w vm.max_map_count=262144"
	annotation = "max-map-count.io/applied"
	applied    = "init-container=262144"
)

var repositories = map[string]bool{
	"elasticsearch": true, "elasticsearch-oss": true, "elasticsearch-wolfi": true, "opensearch": true,
	"opendistro-for-elasticsearch": true, "wazuh-indexer": true, "graylog-datanode": true, "sonarqube": true,
	"crate": true, "doris.be": true,
}

// needsValue says whether an image is that of a workload: its last path component, without tag and digest.
func needsValue(reference string) bool {
	if at := strings.IndexByte(reference, '@'); at >= 0 {
		reference = reference[:at]
	}
	reference = reference[strings.LastIndexByte(reference, '/')+1:]
	if colon := strings.IndexByte(reference, ':'); colon >= 0 {
		reference = reference[:colon]
	}
	return repositories[reference]
}
